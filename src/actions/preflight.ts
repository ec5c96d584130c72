/**
 * The checks of hosts that a plan lets join, before it is shown as good or carried out. A plan asks the new hosts
 * and one member; what changes the cluster asks every member, and so measures the ways back as well.
 */
import type {Finding} from '../check/check.ts'
import {hostFindings, refusing} from '../check/run-checks.ts'
import {OpsError} from '../errors.ts'
import {askBefore} from '../execute/ask-before.ts'
import {newcomersOf} from '../execute/changes-seen.ts'
import type {Fleet} from '../fleet/fleet.ts'
import type {Plan} from '../plan/plan.ts'
import {memberNodes, type Snapshot} from '../ring/snapshot.ts'
import {knownChecks} from './check.ts'
import {inspect} from './inspect.ts'

type Options = {
  /** ask every member, and so measure the ways from them; else one */
  readonly thorough: boolean
  /** what the plan was just made on */
  readonly snapshot?: Snapshot | undefined
  /** ids of checks whose fails are let pass */
  readonly letPass?: readonly string[] | undefined
  readonly say: (text: string) => void
}

/** Throws an `OpsError` (exit 3) when a check of a new host fails; says what is only to be warned of. */
export async function preflight(
  fleet: Fleet,
  plan: Plan,
  {thorough, snapshot: given, letPass = [], say}: Options,
): Promise<void> {
  knownChecks(letPass)
  const planned = newcomersOf(plan)
  if (planned.length === 0) return
  const snapshot = given ?? (await askBefore(fleet, plan))
  const nodes = memberNodes(snapshot.ring)
  // a plan that is carried out again, or half done, has its hosts in the ring already
  const newcomers = planned.filter(node => !nodes.has(node))
  if (newcomers.length === 0) return
  const members = fleet.doors.filter(({node}) => nodes.has(node))
  const {world} = await inspect({
    fleet,
    snapshot,
    hosts: fleet.doors.filter(({node}) => newcomers.includes(node)),
    members: thorough ? members : members.filter(({node}) => node === snapshot.askedNode),
    // the disk step of a run measures every disk for itself
    size: false,
    plan,
  })
  const findings = hostFindings(world)
  const fails = refusing(findings, letPass)
  const passed = findings.filter(finding => finding.level === 'fail' && !fails.includes(finding))
  for (const finding of passed) say(`let pass: ${told(finding)}`)
  const warnings = findings.filter(({level}) => level === 'warn')
  if (warnings.length > 0)
    say(
      `check warns of ${[...new Set(warnings.map(({id}) => id))].join(', ')}: ringup check ${[...new Set(warnings.map(({host}) => host))].join(' ')}`,
    )
  const [first] = fails
  if (!first) return
  throw new OpsError(
    'refused',
    `not with ${fails.length === 1 ? 'this host' : 'these hosts'}: ${fails.map(told).join('; ')}`,
    {
      hint: `${first.fix === undefined ? '' : `${first.fix}; then `}see all: ringup check ${[...new Set(fails.map(({host}) => host))].join(' ')}`,
      facts: {checks: fails, plan},
    },
  )
}

const told = ({host, id, found, wanted}: Finding): string => `${host}: ${id}: ${found} (wanted: ${wanted})`
