/** `riak admin member-status` */
import type {Answer} from './answer.ts'
import {type PrintedMember, readMembershipTable} from './membership-table.ts'
import {type Reading, readAnswer} from './reading.ts'

export const readMemberStatus = (answer: Answer): Reading<readonly PrintedMember[]> =>
  readAnswer(answer, {grammar: readMembershipTable})
