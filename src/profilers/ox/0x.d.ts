declare module '0x' {
  /** Start Node with `--prof`, wait for its end, and write what its V8 logged. @returns the folder that it wrote to */
  export default function zeroEks(options: {
    /** Of node, the program and its arguments. 0x writes the PID of what it started beside them. */
    argv: string[];
    pathToNodeBinary: string;
    /** Where V8's log is written at first. */
    workingDir: string;
    outputDir: string;
    /** Write no page. */
    collectOnly: true;
    /** Write `stacks.<pid>.json`. */
    treeDebug: true;
    quiet: boolean;
    status?: (text: string) => void;
    onProcessExit?: (code: number | null) => void;
    pid?: number;
  }): Promise<string>;
}
