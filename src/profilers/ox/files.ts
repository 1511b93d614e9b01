/** What the runner leaves behind in the profile's folder. */
export const STACKS_FILE = '0x.stacks.json.gz';
/** Its own folder below that; removed at the end. */
export const WORK_FOLDER = '0x-work';
