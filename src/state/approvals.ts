/** Who has approved a plan, as hosts tell it: by the owner of the file there, which no one can choose. */
import * as z from 'zod'
import type {Operator} from '../journal/events.ts'
import {jsonText} from '../printable.ts'
import type {Memory} from '../records/memory.ts'
import {time} from '../snapshot/schema.ts'
import {parsedLine} from './read-journal.ts'

const approvalSchema = z.object({
  v: z.literal(1),
  at: time,
  type: z.literal('approved'),
  digest: z.string().max(200),
})

export const approvalLine = (
  digest: string,
  {at, by, reason}: {readonly at: number; readonly by: Operator; readonly reason: string | undefined},
): string => jsonText({v: 1, at, type: 'approved', digest, by, ...(reason === undefined ? {} : {reason})})

/** How many other logins than the one that asks have approved it: as many as two hosts agree on, or the only one there is. */
export function approvers(memory: Memory, digest: string): number {
  const counts = memory
    .told()
    .map(({uid, copies}) => {
      const others = copies.filter(
        copy => copy.kind === 'approval' && copy.uid !== undefined && copy.uid !== uid,
      )
      return new Set(others.filter(copy => approves(copy.read().chain.lines, digest)).map(copy => copy.uid))
        .size
    })
    .sort((a, b) => b - a)
  return counts[Math.min(1, counts.length - 1)] ?? 0
}

function approves([first = '']: readonly string[], digest: string): boolean {
  const approval = approvalSchema.safeParse(parsedLine(first))
  return approval.success && approval.data.digest === digest
}
