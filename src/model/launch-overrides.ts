/** How a gateway is started otherwise than its manifest says: so that it can be profiled, or trusts a certificate. */
export interface LaunchOverrides {
  /** Added to the gateway's environment; NODE_OPTIONS and JAVA_TOOL_OPTIONS are appended to those that are there already. */
  environment: Record<string, string>;
  /** The command, changed: 0x has to be the one that starts Node. The same list where nothing changes. */
  command(argv: readonly string[]): string[];
  /** Seconds that it gets to stop, where it writes its profile then; the manifest's where absent. */
  stopGraceS?: number;
}

export const NO_LAUNCH_CHANGE: LaunchOverrides = { environment: {}, command: (argv) => [...argv] };
