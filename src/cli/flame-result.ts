import type { ProfileFolder } from '../app/flame/profile-folder.js';
import { colours, writeJson, writeResult, writeStatus } from './output.js';

/** Print what a profile says, for `flame import` and `flame --attach`. */
export function printProfile(profile: ProfileFolder, json: boolean): void {
  if (json) writeJson(profile.json);
  else writeResult(profile.terminal({ colour: colours.isColorSupported }));
  writeStatus(`\nflame graph: ${profile.page}, next to it folded stacks, speedscope and pprof`);
}
