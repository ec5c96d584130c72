/** Backends that the nodes of a practice ring can have: where their files lie, and how a vnode takes what is handed to it. */

export type BackendName = 'bitcask' | 'leveldb' | 'leveled'

export type Backend = {
  readonly name: BackendName
  /** as `riak_kv` has it in its environment */
  readonly module: string
  /** files of a partition that has data, below its folder: shares of its bytes */
  readonly files: Readonly<Record<string, number>>
  /** a receiving vnode that is behind with its ledger asks for a pause: ms of work, ms of pause */
  readonly pauses?: {readonly after: number; readonly length: number}
}

const backends: Readonly<Record<BackendName, Omit<Backend, 'name'>>> = {
  bitcask: {module: 'riak_kv_bitcask_backend', files: {'1.bitcask.data': 1, '1.bitcask.hint': 0}},
  leveldb: {
    module: 'riak_kv_eleveldb_backend',
    files: {CURRENT: 0, 'sst_0/000005.sst': 0.1, 'sst_3/000012.sst': 0.9},
  },
  leveled: {
    module: 'riak_kv_leveled_backend',
    files: {
      'journal/journal_manifest/0.man': 0,
      'journal/journal_file/0.cdb': 0.93,
      'ledger/ledger_files/0_0_0.sst': 0.07,
    },
    pauses: {after: 20_000, length: 8000},
  },
}

export const backendNames = Object.keys(backends) as readonly BackendName[]

export const backendOf = (name: BackendName): Backend => ({name, ...backends[name]})
