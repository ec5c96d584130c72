/** What `df -P -B1` and `du -sb` print: sizes in bytes. */
import type {Answer} from './answer.ts'
import {type Reading, readAnswer} from './reading.ts'

export type DiskSpace = {
  readonly size: number
  readonly used: number
  /** what an ordinary user may still write */
  readonly free: number
  readonly mountedOn: string
}

export const readDf = (answer: Answer): Reading<readonly DiskSpace[]> =>
  readAnswer(answer, {
    returned: null,
    grammar: lines => {
      lines.expect(/^Filesystem +1-blocks +Used +Available +Capacity +Mounted on$/, 'the heading of df -B1')
      const rows = lines.many(/^\S+ +(\d+) +(\d+) +(\d+) +(?:\d+%|-) +(\/.*)$/)
      if (rows.length === 0) lines.fail('a file system')
      return rows.map(([, size, used, free, mountedOn]) => ({
        size: Number(size),
        used: Number(used),
        free: Number(free),
        mountedOn: mountedOn!,
      }))
    },
  })

export const readDu = (answer: Answer): Reading<readonly {readonly path: string; readonly bytes: number}[]> =>
  readAnswer(answer, {
    returned: null,
    grammar: lines =>
      lines.many(/^(\d+)\t(.+)$/).map(([, bytes, path]) => ({bytes: Number(bytes), path: path!})),
  })
