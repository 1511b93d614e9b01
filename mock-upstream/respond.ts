import type { ServerResponse } from 'node:http';
import { errorBody } from './answers.js';

/** A whole JSON answer, in one write. */
export function sendJson(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) });
  response.end(body);
}

export function sendError(response: ServerResponse, status: number, message: string): void {
  sendJson(response, status, errorBody(message));
}

export function sendMethodNotAllowed(response: ServerResponse, path: string, allowed: readonly string[]): void {
  response.setHeader('Allow', allowed.join(', '));
  sendError(response, 405, `${path} answers ${allowed.join(' and ')} only`);
}
