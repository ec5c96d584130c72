/** `riak versions`: the releases installed on a host, without asking its node. */
import type {Answer} from './answer.ts'
import {type Reading, readAnswer} from './reading.ts'

export type InstalledVersion = {readonly version: string; readonly state: string}

export const readVersions = (answer: Answer): Reading<readonly InstalledVersion[]> =>
  readAnswer(answer, {
    returned: null,
    grammar: lines => {
      lines.expect(/^Installed versions:$/, '"Installed versions:"')
      const found = lines.many(/^\* (\S{1,100})\t(permanent|current|old|unpacked)$/)
      if (found.length === 0) lines.fail('a version')
      return found.map(([, version, state]) => ({version: version!, state: state!}))
    },
  })
