/** What a person sees while something goes on: a screen on a terminal, plain lines elsewhere. */
import type {JournalEvent} from '../journal/events.ts'
import {applyEvent, noRun, type RunState} from '../journal/reduce.ts'
import {eventLine, heartbeatLine} from '../report/event-line.ts'
import {activeTransfers, type Snapshot} from '../ring/snapshot.ts'
import type {Screen} from '../tui/screen-lines.ts'
import {type RunBaseline, type Status, statusOf} from '../watch/status.ts'
import {canDraw, stdoutLook} from './terminal.ts'

export type View = {
  readonly event: (event: JournalEvent) => void
  readonly snapshot: (snapshot: Snapshot) => void
  /** the last reading failed */
  readonly failed: (error: Error) => void
  /** a line for the person: on a screen it waits until the screen is closed */
  readonly say: (text: string) => void
  readonly close: () => void
}

export type ViewOptions = {
  readonly title: string
  readonly cluster: string
  readonly json: boolean
  readonly onQuit: () => void
  readonly keys: string
  /** a run that is taken up again, as its journal left it */
  readonly run?: RunState | undefined
  /** what was to move, where it is known */
  readonly baseline?: (snapshot: Snapshot) => RunBaseline | undefined
}

export async function openView(options: ViewOptions): Promise<View> {
  return canDraw() && !options.json ? screenView(options) : plainView(options.run)
}

/** Lines to stderr: stdout is for data. */
function plainView(before: RunState = noRun): View {
  let run = before
  // whoever reads a log must be able to tell waiting from hanging
  const beat = setInterval(() => process.stderr.write(`${heartbeatLine(run, Date.now())}\n`), 60_000)
  beat.unref()
  return {
    event: event => {
      run = applyEvent(run, event)
      const line = eventLine(event, run)
      if (line !== undefined) process.stderr.write(`${line}\n`)
    },
    snapshot: () => {},
    failed: error => process.stderr.write(`last reading failed: ${error.message}\n`),
    say: text => process.stderr.write(`${text}\n`),
    close: () => clearInterval(beat),
  }
}

async function screenView({title, cluster, keys, onQuit, baseline, run: before}: ViewOptions): Promise<View> {
  const {openScreen} = await import('../tui/run-screen.tsx')
  let run = before
  let status: Status | undefined
  let screen: Screen = {title, keys, now: Date.now(), transfers: []}
  const later: string[] = []
  const live = openScreen({first: screen, look: stdoutLook(), onQuit})
  const show = (change: Partial<Screen>): void => {
    screen = {...screen, ...change, now: Date.now(), run, status}
    live.show(screen)
  }
  // the age of the data goes on while nothing arrives
  const tick = setInterval(() => show({}), 1000)
  tick.unref()
  const runsBaseline = (): RunBaseline | undefined =>
    run?.plan && run.committedAt !== undefined
      ? {baseline: run.plan, committedAt: run.committedAt}
      : undefined
  return {
    event: event => {
      run = applyEvent(run ?? noRun, event)
      show({})
    },
    snapshot: snapshot => {
      status = statusOf(cluster, snapshot, {baseline: runsBaseline() ?? baseline?.(snapshot)})
      show({transfers: activeTransfers(snapshot), error: undefined})
    },
    failed: error => show({error: error.message}),
    say: text => {
      later.push(text)
    },
    close: () => {
      clearInterval(tick)
      live.close()
      for (const text of later) process.stderr.write(`${text}\n`)
    },
  }
}
