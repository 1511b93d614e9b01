import { z } from 'zod';
import { InstallMethod } from './install-method.js';
import { Port } from './names.js';

/** Text with placeholders, see {@link ServiceSpec}. */
const Template = z.string();
const Command = z.array(Template).min(1);

/**
 * A program that the gateway's real configuration needs beside it, such as Redis or PostgreSQL. It is started before the
 * gateway, in a folder of its own and on a port of its own, and ended after it; its CPU and memory are counted beside the
 * gateway's. Placeholders: `{entry}` its program, `{install}` the folder that it was installed into, `{work}` its own
 * folder for this start, `{port}`, `{listen}` (always 127.0.0.1) and `{folder}` of the manifest. The gateway knows it as
 * `{services.NAME.port}` and `{services.NAME.work}`. Libraries of packages that were unpacked are found by themselves.
 */
export const ServiceSpec = z.strictObject({
  /** Such as `Redis`, for reports. */
  title: z.string().min(1),
  /** Tried in this order until one succeeds. */
  install: z.array(InstallMethod).min(1),
  /** How the installed version is learnt. Here, only `{entry}`, `{install}` and `{folder}` are filled in. */
  version: z.strictObject({
    command: Command,
    /** First group is the version; applied to stdout and stderr. */
    pattern: z.string(),
    environment: z.record(z.string(), Template).default({}),
  }),
  /** Run one after the other before each start, such as `initdb`; each must exit with 0. */
  prepare: z.array(Command).default([]),
  /** Stays in the foreground. */
  command: Command,
  environment: z.record(z.string(), Template).default({}),
  /** Templates from the manifest's folder, rendered into `{work}`. */
  files: z.array(z.strictObject({ template: z.string(), to: z.string() })).default([]),
  port: Port,
  ready: z
    .strictObject({
      /** Asked until it exits with 0, once the port is open. */
      command: Command.optional(),
      /** Seconds from its start. */
      timeoutS: z.number().positive().max(600).default(30),
    })
    .default({ timeoutS: 30 }),
  /** Run one after the other once it is ready, such as `createdb`; each must exit with 0. */
  afterStart: z.array(Command).default([]),
  /** Run it, and its commands, as this user where gatebench is root: PostgreSQL refuses to run as root. */
  user: z
    .string()
    .regex(/^[a-z_][a-z0-9_-]*$/, 'the name of a user')
    .optional(),
  stop: z
    .strictObject({
      signal: z.enum(['SIGTERM', 'SIGINT', 'SIGQUIT', 'SIGHUP']).default('SIGTERM'),
      /** Seconds until it is killed. */
      graceS: z.number().positive().max(120).default(10),
    })
    .default({ signal: 'SIGTERM', graceS: 10 }),
});
export type ServiceSpec = z.infer<typeof ServiceSpec>;

/** Part of a placeholder and of file names. */
export const ServiceName = z.string().regex(/^[a-z][a-z0-9]*$/, 'lower-case letters and digits only');

/** A service in a cell's record. */
export const ServiceInfo = z.strictObject({
  name: z.string(),
  title: z.string(),
  version: z.string(),
  installedBy: z.string(),
  pinnedBy: z.string(),
});
export type ServiceInfo = z.infer<typeof ServiceInfo>;
