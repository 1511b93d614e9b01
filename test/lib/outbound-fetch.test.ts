import { createServer, type RequestListener } from 'node:http';
import { type AddressInfo, connect, type Socket } from 'node:net';
import { beforeEach, expect, it, onTestFinished } from 'vitest';
import { localDriver } from '../../src/gateway/drivers.js';
import { outboundFetch } from '../../src/lib/outbound-fetch.js';
import { fakeGateway, receipt, runOneCell } from '../support/cell-runner.js';
import { scenarioWith } from '../support/scenario.js';

const VARIABLES = ['HTTPS_PROXY', 'HTTP_PROXY', 'NO_PROXY', 'https_proxy', 'http_proxy', 'no_proxy'];
