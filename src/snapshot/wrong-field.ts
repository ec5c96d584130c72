/** What a schema found, in words. */
type Issue = {readonly path: readonly PropertyKey[]; readonly message: string}

/** `ring.owners[3]: a node name is expected` */
export const wrongFields = (issues: readonly Issue[]): string[] =>
  issues.map(({path, message}) => `${fieldName(path)}: ${message}`)

/** The first of them. */
export const wrongField = (issues: readonly Issue[]): string =>
  wrongFields(issues)[0] ?? 'it has another shape'

const fieldName = (path: readonly PropertyKey[]): string =>
  path
    .map((step, at) => (typeof step === 'number' ? `[${step}]` : `${at === 0 ? '' : '.'}${String(step)}`))
    .join('') || 'the file'
