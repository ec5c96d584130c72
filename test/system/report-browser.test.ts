/** Reports as a browser shows them: headless Chromium, where it is installed. RINGUP_SCREENSHOTS=DIR keeps the pictures. */
import {spawnSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {campaignHtml} from '../../src/report/campaign/campaign-html.ts'
import {planHtml} from '../../src/report/plan/plan-html.ts'
import {runHtml} from '../../src/report/run/run-html.ts'
import {reportedCampaign, reportedPlan, reportedRun} from '../support/reported.ts'

const chromium = ['chromium', 'chromium-browser'].find(
  name => spawnSync(name, ['--version'], {stdio: 'ignore'}).status === 0,
)

describe.skipIf(chromium === undefined)('an HTML report in Chromium', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'ringup-report-'))
  })
  afterAll(() => rmSync(folder, {recursive: true, force: true}))

  const pages: [string, () => string][] = [
    ['plan', () => planHtml(reportedPlan())],
    ['campaign', () => campaignHtml(reportedCampaign(), [{day: 1, ms: 3 * 3600e3}])],
    ['run', () => runHtml(reportedRun())],
  ]
  const looks: [string, string[]][] = [
    ['light', []],
    ['dark', ['--force-dark-mode', '--blink-settings=preferredColorScheme=0']],
  ]
  const cases = pages.flatMap(([page, make]) => looks.map(([look, flags]) => ({page, look, flags, make})))

  const shown = (name: string, page: string, flags: readonly string[]) => {
    const [file, picture, netLog] = ['html', 'png', 'json'].map(ending => join(folder, `${name}.${ending}`))
    writeFileSync(file!, page)
    const {status, stderr} = spawnSync(
      chromium!,
      [
        '--headless=new',
        '--no-sandbox',
        '--disable-gpu',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
        '--disable-default-apps',
        // nothing leaves this machine
        '--host-resolver-rules=MAP * ~NOTFOUND',
        `--user-data-dir=${join(folder, 'profile')}`,
        `--log-net-log=${netLog}`,
        '--enable-logging=stderr',
        '--window-size=1100,2200',
        `--screenshot=${picture}`,
        ...flags,
        `file://${file}`,
      ],
      {encoding: 'utf8', timeout: 50_000, env: {PATH: process.env.PATH, HOME: folder}},
    )
    return {
      status,
      picture: picture!,
      complaints: stderr.split('\n').filter(line => line.includes('CONSOLE')),
      elsewhere: asked(netLog!).filter(url => !url.startsWith('file://')),
    }
  }

  it.each(cases)(
    '$page, $look: no error on the console, nothing asked of a network, drawn',
    ({page, look, flags, make}) => {
      const {status, picture, complaints, elsewhere} = shown(`${page}-${look}`, make(), flags)

      expect({status, complaints, elsewhere}).toEqual({status: 0, complaints: [], elsewhere: []})
      expect(statSync(picture).size).toBeGreaterThan(20_000)
      const keep = process.env.RINGUP_SCREENSHOTS
      if (keep) {
        mkdirSync(keep, {recursive: true})
        writeFileSync(join(keep, `${page}-${look}.png`), readFileSync(picture))
      }
    },
    60_000,
  )

  it('would be seen to ask for something: a page that does', () => {
    const page = '<!doctype html><title>x</title><img src="http://report.invalid/x.png" alt="">'

    const {complaints, elsewhere} = shown('asks', page, [])

    expect(elsewhere).toEqual(['http://report.invalid/x.png'])
    expect(complaints).toEqual([])
  })
})

/** URLs that a page asked for: requests of the browser's own, which belong to no page, have another source. */
function asked(netLog: string): string[] {
  const text = readFileSync(netLog, 'utf8')
  const log = JSON.parse(
    text.endsWith('}\n') || text.endsWith('}') ? text : `${text.replace(/,\s*$/, '')}]}`,
  ) as {
    events: {params?: {url?: string; initiator?: string}}[]
  }
  return log.events.flatMap(({params}) =>
    params?.url !== undefined && params.initiator !== undefined && params.initiator !== 'not an origin'
      ? [params.url]
      : [],
  )
}
