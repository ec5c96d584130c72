/** What steps are called in journals, where what became of a run is told by it. */

export const commitId = 'commit'
/** of an abandoned run: what was staged is dropped */
export const dropId = 'drop'
export const settleId = 'settle'

const staging = ['join', 'stage'] as const

/** A step that stages something: `join riak@10.0.0.6`, `stage leave riak@10.0.0.3`. */
export const stagingId = (verb: (typeof staging)[number], what: string): string => `${verb} ${what}`

export const isStagingId = (id: string): boolean => staging.some(verb => id.startsWith(`${verb} `))
