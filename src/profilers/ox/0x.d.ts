declare module '0x' {
  /** Starts Node with `--prof`, waits for its end, and writes what V8 logged. @returns the output folder */
  export default function zeroEks(options: {
    /** Arguments of node. 0x sets `pid` in these options to that of the process. */
    argv: string[];
    pathToNodeBinary: string;
    /** For V8's log. */
    workingDir: string;
    outputDir: string;
    /** Don't write a page. */
    collectOnly: true;
    /** Write `stacks.<pid>.json`. */
    treeDebug: true;
    quiet: boolean;
    status?: (text: string) => void;
    onProcessExit?: (code: number | null) => void;
    pid?: number;
  }): Promise<string>;
}
