import { runOf } from '../../support/record-builder.js';

export const exampleMachine = { ...runOf([]).machine, hostname: 'secret-host' };
