/** Reports of plans, campaigns and runs: held against files that were read by eye, and safe whatever is in them. */
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {describe, expect, it} from 'vitest'
import {campaignOf} from '../../../src/plan/campaign.ts'
import {solveCampaign} from '../../../src/plan/solve-campaign.ts'
import {campaignFigure} from '../../../src/report/campaign/campaign-figure.ts'
import {campaignHtml} from '../../../src/report/campaign/campaign-html.ts'
import {campaignMarkdown} from '../../../src/report/campaign/campaign-markdown.ts'
import {campaignText, solutionText} from '../../../src/report/campaign/campaign-text.ts'
import {html, markdown} from '../../../src/report/kit/escape.ts'
import {figureStyle, svg} from '../../../src/report/kit/figure.ts'
import {diskFigure} from '../../../src/report/plan/disk-figure.ts'
import {planHtml} from '../../../src/report/plan/plan-html.ts'
import {planMarkdown} from '../../../src/report/plan/plan-markdown.ts'
import {planReport} from '../../../src/report/plan/plan-text.ts'
import {transferFigure} from '../../../src/report/plan/transfer-figure.ts'
import {runHtml} from '../../../src/report/run/run-html.ts'
import {runMarkdown, runReportText} from '../../../src/report/run/run-report.ts'
import {reportedCampaign, reportedPlan, reportedRun} from '../../support/reported.ts'
import {ringOf, snapshotOf} from '../../support/snapshots.ts'

const look = {columns: 80, color: false, unicode: true} as const

const ring = ringOf('abcdabcdabcdabcd')
const [plan, campaign, run] = [reportedPlan(), reportedCampaign(), reportedRun()]

/** The same as the file in fixtures; `RINGUP_WRITE_GOLDEN=1` writes it, to be read before it is committed. */
function golden(name: string, text: string): void {
  const file = new URL(`../../fixtures/reports/${name}`, import.meta.url)
  if (process.env.RINGUP_WRITE_GOLDEN === '1' || !existsSync(file)) writeFileSync(file, text)
  expect(text).toBe(readFileSync(file, 'utf8'))
}

describe('reports', () => {
  it.each<[string, () => string]>([
    ['plan.txt', () => planReport(plan, {look, partitions: false})],
    ['plan.md', () => planMarkdown(plan)],
    ['campaign.txt', () => campaignText(campaign, look)],
    ['campaign.md', () => campaignMarkdown(campaign)],
    ['run.txt', () => runReportText(run, look)],
    ['run.md', () => runMarkdown(run)],
  ])('%s is as it was read, the same bytes each time', (name, make) => {
    const text = make()

    expect(make()).toBe(text)
    golden(name, text)
    for (const line of name.endsWith('.txt') ? text.split('\n') : [])
      expect(line.length).toBeLessThanOrEqual(80)
  })

  it('of a run tells planned and actual, the forecast, and what went wrong', () => {
    const text = runReportText(run, look)

    expect(text).toMatch(/bytes +3\.00 GB +3\.00 GB/)
    expect(text).toContain('2 events on the way')
    expect(text).toContain('the connection was lost')
    expect(run.settledIn).toBe(120_000)
  })

  it.each<[string, () => string]>([
    ['a plan', () => planHtml(plan)],
    ['a campaign', () => campaignHtml(campaign, [{day: 1, ms: 3.6e6}])],
    ['a run', () => runHtml(run)],
  ])('%s as HTML is one file: no script, nothing from elsewhere, figures with words', (_, make) => {
    const page = make()

    expect(page).toMatch(/^<!doctype html>\n<html lang="en">/)
    expect(page).not.toMatch(/<script|javascript:|\bsrc=|\bhref=|url\(|@import/i)
    expect(page).toContain(`default-src 'none'`)
    expect(page.match(/<h1>/g)).toHaveLength(1)
    expect((page.match(/<svg /g) ?? []).length).toBe((page.match(/<desc /g) ?? []).length)
    // every tag that is opened is closed
    for (const tag of [
      'main',
      'section',
      'table',
      'tbody',
      'tr',
      'td',
      'th',
      'div',
      'figure',
      'svg',
      'details',
      'ul',
      'li',
      'p',
    ])
      expect(page.match(new RegExp(`<${tag}[ >]`, 'g'))?.length ?? 0).toBe(
        page.match(new RegExp(`</${tag}>`, 'g'))?.length ?? 0,
      )
  })

  it('has figures that stand alone', () => {
    for (const figure of [diskFigure(plan), transferFigure(plan), campaignFigure(campaign)]) {
      const text = svg(figure!)
      expect(text).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"/)
      expect(text).toContain('<title')
      expect(text).not.toContain('NaN')
      expect(text).not.toContain('undefined')
    }
  })

  it('has contrast: text 4.5 to 1 on its ground, bars 3 to 1, light and dark', () => {
    const colours = (css: string, at: number): Map<string, string> =>
      new Map(
        [...css.split('{')[at]!.matchAll(/--(\w+):(#[0-9a-f]{3,6})/g)].map(([, name, value]) => [
          name!,
          value!,
        ]),
      )
    const page = planHtml(plan)
    const css = page.slice(page.indexOf('<style>') + 7, page.indexOf('</style>')).split('\n')
    const schemes = [
      [css.find(line => line.startsWith(':root'))!, ['ink', 'soft', 'bad', 'warn', 'good'], 4.5],
      [css.find(line => line.startsWith('@media (prefers'))!, ['ink', 'soft', 'bad', 'warn', 'good'], 4.5],
      [figureStyle.split('\n')[0]!, ['before', 'peak', 'after'], 3],
      [figureStyle.split('\n')[1]!, ['before', 'peak', 'after'], 3],
      [figureStyle.split('\n')[0]!, ['ink', 'soft'], 4.5],
      [figureStyle.split('\n')[1]!, ['ink', 'soft'], 4.5],
    ] as const
    for (const [line, names, least] of schemes) {
      const found = colours(line, line.startsWith('@') ? 2 : 1)
      for (const name of names)
        expect(`${name} ${contrast(found.get(name)!, found.get('ground')!) >= least}`).toBe(`${name} true`)
    }
  })

  it('lets nothing out of names and answers: no tag, no mention, no link, no control character', () => {
    const nasty =
      '</td><script>alert(1)</script> @everyone [x](http://evil.example) \u001b[31m | `code` www.evil.example'

    expect(html(nasty)).not.toMatch(/</)
    expect(html(nasty)).not.toContain('\u001b')
    expect(markdown(nasty)).not.toMatch(/<|(^|[^\\])\||@everyone|https?:\/|www\.e/)
    for (const link of [
      'ftp://x.y',
      'mailto:a@b.c',
      'xmpp:a@b.c',
      'GH-12',
      'HTTP://x.y',
      'x#12',
      '$a$',
      '@all',
    ])
      expect(markdown(`see ${link} now`), link).not.toMatch(
        /(?<!\\)[#$]|ftp:\/|mailto:a|xmpp:a|GH-1|http:\/|(^| )@a/i,
      )
    expect(markdown('riak@10.0.0.1')).toBe('riak@10.0.0.1')
    const page = runHtml({...run, message: nasty, faults: [{at: 0, what: nasty}]})
    expect(page).not.toContain('<script')
    expect(runMarkdown({...run, message: nasty, faults: [{at: 0, what: nasty}]})).not.toContain('<script')
  })
})

/** WCAG's contrast ratio of two colours. */
function contrast(a: string, b: string): number {
  const light = (colour: string): number => {
    const hex =
      colour.length === 4 ? [...colour.slice(1)].map(digit => digit + digit).join('') : colour.slice(1)
    const [red, green, blue] = [0, 2, 4]
      .map(at => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
      .map(part => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)) as [
      number,
      number,
      number,
    ]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const [dark, bright] = [light(a), light(b)].sort((x, y) => x - y) as [number, number]
  return (bright + 0.05) / (dark + 0.05)
}

describe('a campaign', () => {
  it('goes by days, with what comes in, and thinks of hosts that are missing', () => {
    expect(campaign.days.map(({nodes}) => nodes)).toEqual([6, 8])
    expect(campaign.imagined).toBe(1)
    expect(campaign.days[1]!.batch).toContain('riak@zz-new-001')
    expect(campaign.days.map(({date}) => date)).toEqual(['2026-12-01', '2026-12-02'])
    // three copies of five gigabytes, for one day between the batches
    expect(campaign.days[1]!.data! - campaign.days[0]!.data!).toBeGreaterThan(14e9)
    expect(campaign.days[1]!.data! - campaign.days[0]!.data!).toBeLessThan(16e9)
    expect(campaign.serial!.moves).toBeGreaterThanOrEqual(campaign.moves)
  })

  it('begins batches in the window only', () => {
    const {days} = campaignOf({
      cluster: 'c',
      snapshot: snapshotOf(ring, {takenAt: new Date(2026, 11, 1, 12).getTime()}),
      candidates: ['riak@e', 'riak@f'].map(node => ({node})),
      until: 6,
      perDay: 1,
      start: new Date(2026, 11, 1, 12).getTime(),
      window: {from: 22 * 60, to: 6 * 60},
      locations: false,
      options: {},
    })

    expect(days.map(({begins}) => begins)).toEqual([
      new Date(2026, 11, 1, 22).getTime(),
      new Date(2026, 11, 2, 22).getTime(),
    ])
  })

  it('names the day it falls behind, and why', () => {
    const slow = campaignOf({
      cluster: 'c',
      snapshot: snapshotOf(ring),
      candidates: ['riak@e', 'riak@f'].map(node => ({node})),
      until: 6,
      perDay: 1,
      start: 1_700_000_000_000,
      locations: false,
      options: {rates: {basis: 'stated', low: 9e3, typical: 1e4, high: 11e3}},
    })
    expect(slow.verdict).toMatchObject({keepsUp: false, day: 1})
    expect(slow.verdict.text).toMatch(/^falls behind on day 1 because \d+ partitions \(.*\) may take \d+ d/)

    const full = campaignOf({
      cluster: 'c',
      snapshot: snapshotOf(ring),
      candidates: ['riak@e', 'riak@f', 'riak@g', 'riak@h'].map(node => ({node})),
      until: 8,
      perDay: 1,
      start: 1_700_000_000_000,
      locations: false,
      options: {ingestPerDay: 900e9},
    })
    expect(full.verdict.keepsUp).toBe(false)
    expect(full.verdict.text).toMatch(/because riak@\w+ (would be|stays) [\d.]+ % full/)
  })

  it('finds the fewest nodes a day that keep up, and the latest start', () => {
    const request = {
      cluster: 'c',
      snapshot: snapshotOf(ring),
      candidates: ['riak@e', 'riak@f', 'riak@g', 'riak@h'].map(node => ({node})),
      until: 8,
      perDay: 2,
      start: 1_700_000_000_000,
      locations: false,
      options: {ingestPerDay: 150e9},
    }
    const {paces, fewest, latestStart} = solveCampaign(request)

    expect(fewest).toBe(paces.find(({keepsUp}) => keepsUp)!.perDay)
    expect(latestStart!.daysFromNow).toBeGreaterThan(0)
    const at = (days: number): boolean =>
      campaignOf({
        ...request,
        start: request.start + days * 24 * 3600e3,
        options: {...request.options, simulations: 1},
      }).verdict.keepsUp
    expect(at(latestStart!.daysFromNow)).toBe(true)
    expect(at(latestStart!.daysFromNow + 1)).toBe(false)
    expect(solutionText({paces, fewest, cheapest: null, latestStart}, look)).toContain('The latest start')
  })
})
