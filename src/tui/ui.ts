/** What a person has chosen to see, and what each key changes of it. Pure: keys are tested without a terminal. */

export const panels = ['transfers', 'nodes', 'ring', 'risk', 'events'] as const
export type Panel = (typeof panels)[number]

export type Ui = {
  readonly panel: Panel
  /** column that the panel is sorted by, by panel; counted from 0 */
  readonly sort: Readonly<Record<Panel, number>>
  readonly filter: string
  /** the filter is being typed */
  readonly typing: boolean
  /** row that is marked */
  readonly row: number
  /** the marked row's own page is shown */
  readonly detail: boolean
  readonly help: boolean
  /** what is shown stays as it is */
  readonly paused: boolean
  readonly faultsOnly: boolean
  readonly nVal: number
  /** a new transfer limit is being asked for: first the number, then a typed yes */
  readonly asking?: {readonly limit?: number; readonly text: string} | undefined
  /** typed and confirmed: to be carried out, once */
  readonly confirmed?: number | undefined
}

export const firstUi: Ui = {
  panel: 'transfers',
  sort: {transfers: 0, nodes: 0, ring: 0, risk: 0, events: 0},
  filter: '',
  typing: false,
  row: 0,
  detail: false,
  help: false,
  paused: false,
  faultsOnly: false,
  nVal: 3,
}

export type Key = {
  readonly input: string
  readonly name?:
    | 'tab'
    | 'backtab'
    | 'up'
    | 'down'
    | 'left'
    | 'right'
    | 'enter'
    | 'escape'
    | 'backspace'
    | 'pageUp'
    | 'pageDown'
    | undefined
  readonly ctrl?: boolean
}

/** What may be pressed beside looking, and how many rows a page has. */
export type Presses = {readonly page?: number; readonly actions?: boolean}

/** `quit`: the screen is to be left. */
export function press(from: Ui, key: Key, {page = 10, actions = false}: Presses = {}): Ui | 'quit' {
  const {confirmed, ...ui}: Ui = from
  if (key.ctrl && key.input === 'c') return 'quit'
  if (ui.asking) return asked(ui, ui.asking, key)
  if (ui.typing) return typed(ui, key)
  const moved = (rows: number): Ui => ({...ui, row: Math.max(0, ui.row + rows)})
  const turned = (by: number): Ui => {
    const at = (panels.indexOf(ui.panel) + by + panels.length) % panels.length
    return {...ui, panel: panels[at]!, row: 0, detail: false}
  }
  switch (key.name) {
    case 'tab':
    case 'right':
      return turned(1)
    case 'backtab':
    case 'left':
      return turned(-1)
    case 'up':
      return moved(-1)
    case 'down':
      return moved(1)
    case 'pageUp':
      return moved(-page)
    case 'pageDown':
      return moved(page)
    case 'enter':
      return {...ui, detail: !ui.detail && ui.panel !== 'risk' && ui.panel !== 'events'}
    case 'escape':
      return {...ui, detail: false, help: false, filter: ''}
  }
  switch (key.input) {
    case 'q':
      return ui.help || ui.detail ? {...ui, help: false, detail: false} : 'quit'
    case '?':
      return {...ui, help: !ui.help}
    case '/':
      return {...ui, typing: true, filter: ''}
    case 's':
      return {...ui, sort: {...ui.sort, [ui.panel]: ui.sort[ui.panel] + 1}}
    case 'p':
      return {...ui, paused: !ui.paused}
    case 'f':
      return {...ui, faultsOnly: !ui.faultsOnly, row: 0}
    case 'l':
      return actions ? {...ui, asking: {text: ''}} : ui
    case 'n':
      return {...ui, nVal: ui.nVal >= 7 ? 1 : ui.nVal + 1}
    default:
      return ui
  }
}

function asked(ui: Ui, {limit, text}: NonNullable<Ui['asking']>, {input, name}: Key): Ui {
  const {asking, ...rest} = ui
  if (name === 'escape') return rest
  if (name === 'backspace') return {...ui, asking: {...asking, text: text.slice(0, -1)}}
  if (name !== 'enter') return {...ui, asking: {...asking, text: (text + input).slice(0, 8)}}
  if (limit !== undefined) return text === 'yes' ? {...rest, confirmed: limit} : rest
  return /^\d{1,3}$/.test(text) && Number(text) > 0
    ? {...rest, asking: {limit: Number(text), text: ''}}
    : rest
}

function typed(ui: Ui, {input, name}: Key): Ui {
  if (name === 'enter') return {...ui, typing: false, row: 0}
  if (name === 'escape') return {...ui, typing: false, filter: ''}
  if (name === 'backspace') return {...ui, filter: ui.filter.slice(0, -1)}
  return name === undefined && /^[\x20-\x7e]+$/.test(input) ? {...ui, filter: ui.filter + input, row: 0} : ui
}
