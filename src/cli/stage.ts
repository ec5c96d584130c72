/** The terminal, or the pipe, as use-cases see it: talk, views, questions, Ctrl-C. */
import type {Asking, Shown, Talk} from '../actions/context.ts'
import {applyEvent, noRun} from '../journal/reduce.ts'
import type {View, ViewRequest} from '../watch/stage.ts'
import {confirm, needConfirmation} from './confirm.ts'
import {onInterrupt} from './interrupt.ts'
import {writeError, writeJson, writeOut} from './output.ts'
import {canDraw, stderrLook, stdoutLook} from './terminal.ts'

export type TalkOptions = {
  readonly version: string
  /** stdout is for documents alone, and no screen is drawn */
  readonly json: boolean
  /** yes was said beforehand */
  readonly yes: boolean
}

export function openTalk({version, json, yes}: TalkOptions): Talk {
  const say = (text: string): void => writeError(`${text}\n`)
  const screen = async (request: ViewRequest): Promise<View | undefined> => {
    if (json || !canDraw()) return undefined
    const {openRunView} = await import('../tui/run-view.ts')
    return openRunView(request, stdoutLook(), say)
  }
  return {
    version,
    say,
    screen,
    view: async request => (await screen(request)) ?? linesView(request),
    stoppable: onInterrupt,
    show: shown => show(shown, {json, yes}),
    ask: asking(yes),
  }
}

const asking = (yes: boolean): Asking => ({
  isGiven: yes,
  needed: command => needConfirmation(yes, command),
  confirm: question => (yes ? Promise.resolve() : confirm(question)),
})

/** Lines to stderr: stdout is for data. */
async function linesView({run: before = noRun}: ViewRequest): Promise<View> {
  const {eventLine, heartbeatLine} = await import('../report/run/event-line.ts')
  let run = before
  // whoever reads a log must be able to tell waiting from hanging
  const beat = setInterval(() => writeError(`${heartbeatLine(run, Date.now())}\n`), 60_000)
  beat.unref()
  return {
    event: event => {
      run = applyEvent(run, event)
      const line = eventLine(event, run)
      if (line !== undefined) writeError(`${line}\n`)
    },
    snapshot: () => {},
    failed: error => writeError(`last reading failed: ${error.message}\n`),
    vitals: () => {},
    say: text => writeError(`${text}\n`),
    close: () => clearInterval(beat),
  }
}

async function show(shown: Shown, {json, yes}: Pick<TalkOptions, 'json' | 'yes'>): Promise<void> {
  switch (shown.kind) {
    case 'plan': {
      // whoever is asked sees what about
      if (json && yes) return
      const {planReport} = await import('../report/plan/plan-text.ts')
      writeError(planReport(shown.plan, {look: stderrLook(), partitions: false, brief: shown.brief}))
      return
    }
    case 'steps':
      if (!json) writeError(`${stepsText(shown.titles)}\n`)
      return
    case 'run': {
      if (json) return
      const {runEndText} = await import('../report/run/run-text.ts')
      writeOut(runEndText(shown.report))
      return
    }
    case 'reading': {
      if (json) writeJson(shown.status)
      else if (shown.news) {
        const {statusLine} = await import('../report/cluster/status-line.ts')
        writeOut(`${statusLine(shown.status)}\n`)
      }
    }
  }
}

const stepsText = (titles: readonly string[]): string =>
  titles.map((title, at) => `${String(at + 1).padStart(4)}. ${title}`).join('\n')
