/** The shell parts of the CI recipes, run as they are written, against a practice ring. */
import {spawn} from 'node:child_process'
import {chmodSync, mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {beforeEach, describe, expect, it} from 'vitest'
import {parse} from 'yaml'
import type {LabOptions} from '../../src/lab/server/start-lab.ts'
import {eachTestItsOwn, home, lab, startRing} from '../support/each-test.ts'

const recipe = (name: string): string => fileURLToPath(new URL(`../../docs/ci/${name}`, import.meta.url))
const program = fileURLToPath(new URL('../../dist/src/main.js', import.meta.url))

eachTestItsOwn()

beforeEach(() => checkout())

async function checkout(options: LabOptions = {}): Promise<void> {
  await startRing({nodes: 3, spare: 2, ring: 16, speed: 200, seed: 5, ...options})
  const bin = join(home.path, 'bin')
  mkdirSync(bin, {recursive: true})
  command('ringup', `exec ${process.execPath} ${program} "$@"`)
  // what a runner has, and keeps what it was told
  command('gh', `printf '%s\\n' "$@" >> "${home.path}/gh.txt"`)
  const inventory = readFileSync(lab.inventoryFile, 'utf8')
  // the pull request: both spares are to join
  writeFileSync(join(home.path, 'inventory.yaml'), inventory.replaceAll(/,? *state: spare/g, ''))
}

function command(name: string, body: string): void {
  const file = join(home.path, 'bin', name)
  writeFileSync(file, `#!/bin/sh\n${body}\n`)
  chmodSync(file, 0o755)
}

type Ended = {readonly code: number | null; readonly output: string}

/** As the runners do it: `sh -e` in the checkout. */
const shell = (script: string, env: Readonly<Record<string, string>> = {}): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn('sh', ['-e', '-c', script], {
      cwd: home.path,
      timeout: 60_000,
      env: {
        PATH: `${join(home.path, 'bin')}:${process.env.PATH}`,
        HOME: home.path,
        RINGUP_INVENTORY: 'inventory.yaml',
        RINGUP_STATE_DIR: join(home.path, 'state'),
        GITHUB_OUTPUT: join(home.path, 'output.txt'),
        GITHUB_STEP_SUMMARY: join(home.path, 'summary.md'),
        ...env,
      },
    })
    let output = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', chunk => {
        output += chunk
      })
    child.on('error', reject)
    child.on('close', code => resolve({code, output}))
  })

const read = (name: string): string => readFileSync(join(home.path, name), 'utf8')
const digest = (): string => (JSON.parse(read('plan.json')) as {digest: string}).digest
const members = (): number =>
  lab.node('r01').cluster.ring.members.filter(({status}) => status === 'valid').length

type Step = {readonly name?: string; readonly run?: string}
const steps = (name: string, job: string): Map<string, string> => {
  const {jobs} = parse(readFileSync(recipe(name), 'utf8')) as {jobs: Record<string, {steps: Step[]}>}
  return new Map(jobs[job]!.steps.flatMap(({name: title, run}) => (run ? [[title!, run]] : [])))
}

describe('CI recipes', () => {
  it('GitHub: a comment with the plan, then apply with its digest and no other', async () => {
    const planning = steps('github-plan.yml', 'plan')
    expect([...planning.keys()]).toEqual(['Plan', 'Comment', 'Verdict'])
    expect(await shell(planning.get('Plan')!)).toMatchObject({code: 0})
    expect(read('output.txt')).toBe('code=0\n')
    expect(await shell(planning.get('Comment')!, {PULL_REQUEST: '17', RUN: '99'})).toMatchObject({code: 0})
    expect(read('gh.txt').split('\n')).toEqual(
      expect.arrayContaining(['pr', 'comment', '17', '--body-file', 'plan.md']),
    )
    expect(read('plan.md')).toContain(`Digest \`${digest()}\``)
    expect(read('plan.html')).toContain('<!doctype html>')
    expect(await shell(planning.get('Verdict')!, {CODE: '0'})).toMatchObject({code: 0})
    expect(await shell(planning.get('Verdict')!, {CODE: '3'})).toMatchObject({code: 3})

    const apply = steps('github-apply.yml', 'apply').get('Apply')!
    expect(await shell(apply, {DIGEST: 'sha256:0', ACTOR: 'kim'})).toMatchObject({code: 4})
    expect(members()).toBe(3)
    expect(await shell(apply, {DIGEST: digest(), ACTOR: 'kim'})).toMatchObject({code: 0})
    expect(members()).toBe(5)
    expect(read('summary.md')).toMatch(/^### ringup run .*practice, done/)
  })

  it('GitHub: a plan that is blocked still has its comment, and the job fails', async () => {
    await lab.fault({fault: 'diskSize', host: 'r04', size: 2.5e9})

    expect(await shell(steps('github-plan.yml', 'plan').get('Plan')!)).toMatchObject({code: 0})

    expect(read('output.txt')).toBe('code=3\n')
    expect(read('plan.md')).toContain('is **blocked**')
  })

  it('GitLab: the same as scripts of two jobs', async () => {
    const jobs = parse(readFileSync(recipe('gitlab-ci.yml'), 'utf8')) as Record<string, {script: string[]}>
    const script = (job: string): string => jobs[job]!.script.join('\n')

    const planned = await shell(script('plan'))
    expect(planned.code).toBe(0)
    expect(planned.output).toContain('### ringup plan: practice can be carried out')
    expect(await shell(script('apply'), {DIGEST: digest(), GITLAB_USER_LOGIN: 'kim'})).toMatchObject({
      code: 0,
    })
    expect(members()).toBe(5)
    expect(read('run.md')).toContain('partitions')
  })

  it('cron: quiet when all is well or nothing is due, and loud when a person is needed', async () => {
    const nightly = `exec sh ${recipe('grow-nightly.sh')}`
    writeFileSync(
      join(home.path, 'inventory.yaml'),
      read('inventory.yaml')
        .replace(/^growth:.*(?:\n +.*)*\n/m, '')
        .concat('\ngrowth: {until: 5, perDay: 1}\n'),
    )

    expect(await shell(nightly)).toEqual({code: 0, output: ''})
    expect(members()).toBe(4)
    expect(await shell(nightly)).toEqual({code: 0, output: ''})
    expect(members()).toBe(4)

    await lab.fault({fault: 'unreachable', host: 'r01'})
    await lab.fault({fault: 'unreachable', host: 'r02'})
    await lab.fault({fault: 'unreachable', host: 'r03'})
    await lab.fault({fault: 'unreachable', host: 'r04'})
    await lab.fault({fault: 'unreachable', host: 'r05'})
    const loud = await shell(nightly)
    expect(loud.code).toBe(6)
    expect(loud.output).toContain('ringup grow next ended with 6')
  })

  it('cron: wakes somebody each time while the last batch stands still, and names the cause', async () => {
    await lab.stop()
    await checkout({speed: 10, bytes: 9e9})
    const nightly = `exec sh ${recipe('grow-nightly.sh')}`
    writeFileSync(
      join(home.path, 'inventory.yaml'),
      `${read('inventory.yaml')}growth: {until: 5, perDay: 1}\n`,
    )
    expect(await shell('ringup add r04 --yes --no-wait')).toMatchObject({code: 0})
    expect(lab.node('r01').cluster.ring.pending).not.toEqual([])
    await lab.fault({fault: 'kill', host: 'r04'})
    // until the others have noticed
    lab.skip(180e3)

    for (const call of ['first', 'second']) {
      const loud = await shell(nightly)
      expect(loud, call).toMatchObject({code: 9})
      expect(loud.output).toMatch(/has not settled, and nothing moves: member-down: riak@\S+ does not answer/)
      expect(loud.output).toContain('ringup grow next ended with 9')
    }

    // it comes back: quiet while it moves, and then verified
    await lab.fault({fault: 'start', host: 'r04'})
    lab.skip(600e3)
    await expect.poll(() => shell(nightly), {timeout: 60_000}).toEqual({code: 0, output: ''})
    await expect.poll(() => lab.node('r01').cluster.ring.pending, {timeout: 30_000}).toEqual([])
  })
})
