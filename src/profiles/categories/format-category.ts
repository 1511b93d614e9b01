import type { Category } from '../../model/category.js';

/** Categories as sentences and tables call them. */
export const CATEGORY_WORDS: Readonly<Record<Category, string>> = {
  network: 'network',
  http: 'HTTP',
  tls: 'TLS',
  json: 'JSON',
  compression: 'compression',
  own: 'own code',
  auth: 'authentication',
  routing: 'routing',
  logging: 'logging and metrics',
  allocation: 'allocation',
  gc: 'garbage collection',
  locks: 'locks',
  scheduling: 'scheduling',
  runtime: 'language runtime',
  'kernel-other': 'other kernel work',
  unknown: 'unknown',
};

/** What a gateway is for, beside passing bytes on. */
export const OWN_CATEGORIES: readonly Category[] = ['own', 'auth', 'routing', 'logging'];
