/** Problems of a file, a line each: `inventory.yaml:14:7: unknown key "rak" (did you mean riak?)`. */

export type PlacedProblem = {
  readonly file: string
  readonly line: number
  readonly column: number
  readonly message: string
  readonly suggestion?: string
}

export const problemText = (problems: readonly PlacedProblem[]): string =>
  problems
    .map(({file, line, column, message, suggestion}) => {
      const place = line > 0 ? `${file}:${line}:${column}` : file
      return `${place}: ${message}${suggestion === undefined ? '' : ` (${suggestion})`}`
    })
    .join('\n')
