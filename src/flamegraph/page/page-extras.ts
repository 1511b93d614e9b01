/** What a page may say beyond the profile itself. */
export interface PageExtras {
  /** What the figures say, in sentences. */
  findings?: readonly string[];
  /** The machine in one line. */
  machine?: string | null;
  /** Other forms of the profile, by links that hold beside the page. */
  files?: readonly { label: string; href: string }[];
}
