/** What pages are made of. */
export type Section = {readonly heading: string; readonly blocks: readonly Block[]}

export type Block =
  /** a paragraph */
  | string
  /** commands to type */
  | {readonly commands: readonly string[]}
  /** lines of a file */
  | {readonly lines: readonly string[]}
  /** terms and what they mean */
  | {readonly rows: readonly Row[]}

export type Row = readonly [term: string, text: string]
