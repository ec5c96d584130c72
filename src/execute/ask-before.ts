import type {Fleet} from '../fleet/fleet.ts'
import type {Plan} from '../plan/plan.ts'
import type {Snapshot} from '../ring/snapshot.ts'
import {newcomersOf} from './changes-seen.ts'

/** The cluster, asked of those that were members before the plan: what it brings knows a ring of its own. */
export const askBefore = async ({ask}: Pick<Fleet, 'ask'>, plan: Plan): Promise<Snapshot> =>
  (await ask({except: newcomersOf(plan).map(node => ({node}))})).snapshot
