/** What lies on a disk, told by the script itself, run by this machine's sh. */
import {execFileSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {sizesOf} from '../../../src/forecast/storage.ts'
import {askStorage, readStorage, storageArgv} from '../../../src/riak/host/storage.ts'
import {partitionIndex} from '../../../src/ring/ring.ts'
import {ringOf, storageOf} from '../../support/snapshots.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ringup-storage-'))
})
afterEach(() => rmSync(folder, {recursive: true, force: true}))

const put = (path: string, bytes: number): void => {
  const file = join(folder, path)
  mkdirSync(dirname(file), {recursive: true})
  writeFileSync(file, Buffer.alloc(bytes, 1))
}
const index = (partition: number): string => String(partitionIndex(partition, 16))

const door = (riak: readonly string[], dataDir = folder) => ({
  host: 'a',
  node: 'riak@a',
  riak,
  eval: true,
  dataDir,
  ask: async (argv: readonly string[]) => {
    const [program, ...args] = argv
    return {stdout: execFileSync(program!, args, {encoding: 'utf8'}), stderr: '', code: 0}
  },
})

describe('the storage of a host', () => {
  it('adds up all backends of a partition, keeps hash trees apart, and knows what is no partition', async () => {
    put(`bitcask/${index(0)}/1.bitcask.data`, 400_000)
    put(`leveldb_mult/${index(0)}/sst_0/000001.sst`, 300_000)
    put(`leveled/${index(5)}/journal/journal_file/0.cdb`, 200_000)
    put(`anti_entropy/${index(5)}/000001.sst`, 100_000)
    put(`kv_vnode/${index(5)}`, 100)
    put('ring/riak_core_ring.default.20261127', 1000)
    put('bitcask/12345/1.bitcask.data', 1_000_000)
    put('cluster_meta/nodeid', 64)

    const {size, used, partitions} = await askStorage(door(['riak']), {partitions: 16, owns: true})

    expect(partitions.map(({partition}) => partition)).toEqual([0, 5])
    expect(near(partitions[0]!.bytes, 700_000)).toBe(true)
    expect(partitions[0]!.trees).toBeUndefined()
    expect(near(partitions[1]!.bytes, 200_000)).toBe(true)
    expect(near(partitions[1]!.trees!, 100_000)).toBe(true)
    const [df] = execFileSync('df', ['-P', '-k', folder], {encoding: 'utf8'}).split('\n').slice(1)
    const [, kibs, , free] = df!.split(/\s+/)
    expect(size).toBe(Number(kibs) * 1024)
    expect(Math.abs(used - (Number(kibs) - Number(free)) * 1024)).toBeLessThan(100e6)
  })

  it('tells of transfers in Riak’s log, as it writes them', async () => {
    const data = join(folder, 'data')
    put(`data/bitcask/${index(3)}/1.bitcask.data`, 50_000)
    put('log/none', 1)
    const line = (sent: string, rate: string): string =>
      `2026-11-27T01:57:49.691416+00:00 [info] <0.3335.0>@riak_core_handoff_sender:start_fold/5:277 ownership transfer of riak_kv_vnode from 'riak@10.97.187.11' ${index(11)} to 'riak@10.97.187.14' ${index(11)} completed: sent ${sent} bytes in 59 of 213 objects in 10.72 seconds (${rate}/second)`
    writeFileSync(
      join(folder, 'log/console.log'),
      [
        line('15.12 MB', '1.41 MB'),
        '2026-11-27T01:57:50 [info] <0.1.0>@riak_core:x/1:1 something else, completed: sent 3 MB',
        // too little to tell a rate
        line('12.00 KB', '900.00 KB'),
        line('2.50 GB', '20.00 MB'),
        '',
      ].join('\n'),
    )

    const {transfers} = await askStorage(door(['riak'], data), {partitions: 16, owns: true})

    const [from, to] = ['riak@10.97.187.11', 'riak@10.97.187.14']
    expect(transfers).toEqual([
      {from, to, bytesPerSecond: Math.round(1.41 * 2 ** 20)},
      {from, to, bytesPerSecond: 20 * 2 ** 20},
    ])
  })

  it('of a folder that is not there is its volume’s, and an owner without partitions is not believed', async () => {
    const missing = join(folder, 'no/such/folder')

    expect(await askStorage(door(['riak'], missing), {partitions: 16, owns: false})).toMatchObject({
      partitions: [],
    })
    await expect(askStorage(door(['riak'], missing), {partitions: 16, owns: true})).rejects.toThrow(
      /no partition has a folder there/,
    )
  })

  it('asks with the words before riak, and without them where they are refused', async () => {
    put(`bitcask/${index(3)}/1.bitcask.data`, 50_000)

    for (const words of [['env'], ['false']])
      expect(
        (await askStorage(door([...words, 'riak']), {partitions: 16, owns: true})).partitions,
      ).toHaveLength(1)
    expect(storageArgv({dataDir: '/d', riak: ['sudo', 'riak']}).slice(-2)).toEqual(['/d', 'sudo'])
  })

  it.each([
    'df 100 50 50\n',
    'df 100 50 50\ndu 4 bitcask/0',
    'du 4 bitcask/0\nend\n',
    'df 100 fifty 50\nend\n',
    'df 100 50 50\nsudo: a password is required\nend\n',
    '',
  ])('is not read from %j: cut off, or something else', stdout => {
    expect(readStorage({stdout, stderr: '', code: 0}, 16)).toBeUndefined()
  })
})

const near = (value: number, wanted: number): boolean => value >= wanted && value < wanted + 40_000

describe('sizes of partitions', () => {
  const ring = ringOf('abcdabcdabcdabcd')

  it('are measured, or the mean of those that were, or not known, and say which', () => {
    const all = storageOf(ring)
    expect(sizesOf(ring, all).basis).toBe('measured')
    const some = sizesOf(
      ring,
      all.filter(({node}) => node !== 'riak@b'),
    )
    expect(some.basis).toBe('mean')
    expect(some.of(1)).toEqual({bytes: 1e9, disk: 1e9})
    expect(sizesOf(ring, []).basis).toBe('unknown')
    expect(sizesOf(ring).of(0)).toBeUndefined()
    // only what is asked for counts
    expect(
      sizesOf(
        ring,
        all.filter(({node}) => node !== 'riak@b'),
        [0, 2],
      ).basis,
    ).toBe('measured')
  })

  it('keep apart what a node holds for others', () => {
    const all = storageOf(ring).map(disk =>
      disk.node === 'riak@a'
        ? {...disk, partitions: [...disk.partitions, {partition: 1, bytes: 5e6}, {partition: 2, bytes: 8192}]}
        : disk,
    )
    const sizes = sizesOf(ring, all)

    expect(sizes.hinted.get('riak@a')).toBe(5e6)
    expect(sizes.of(1)).toEqual({bytes: 1e9, disk: 1e9})
  })
})
