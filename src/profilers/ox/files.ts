/** The runner's output, in the profile's folder. */
export const STACKS_FILE = '0x.stacks.json.gz';
/** The runner's temporary folder below it. */
export const WORK_FOLDER = '0x-work';
