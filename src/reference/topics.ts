/** Topics of help that are no command. */
import {environment} from './environment.ts'
import {exitCodeTable} from './exit-codes.ts'
import type {Section} from './section.ts'

type Topic = {readonly summary: string; readonly sections: readonly Section[]}

export const topics: Readonly<Record<string, Topic>> = {
  environment: {
    summary: 'Variables that ringup looks at',
    sections: [
      {heading: 'variables', blocks: [{rows: Object.entries(environment)}]},
      {
        heading: 'description',
        blocks: [
          'A flag goes before its variable. ssh_config may name more of them. No secret is ever read from a variable.',
        ],
      },
      {heading: 'changes', blocks: ['Nothing: ringup reads them and sets none.']},
      {
        heading: 'examples',
        blocks: [
          {commands: ['RINGUP_INVENTORY=prod.yaml ringup status', 'NO_COLOR=1 ringup plan --add r06']},
        ],
      },
    ],
  },
  'exit-codes': {
    summary: 'What each exit code means, whether anything was changed, and what to do next',
    sections: [
      {
        heading: 'exit codes',
        blocks: [
          {
            rows: exitCodeTable.map(({code, meaning, changed, next}) => [
              String(code),
              `${meaning}\nchanged anything: ${changed}\nnext: ${next}`,
            ]),
          },
        ],
      },
      {
        heading: 'description',
        blocks: [
          'They are the same for every command. exec alone ends with the largest status of the command on its hosts. With --json an error has the code as error.exitCode and its name as error.kind.',
        ],
      },
      {heading: 'changes', blocks: ['What was changed stands with each code.']},
      {
        heading: 'examples',
        blocks: [{commands: ['ringup plan --add r06 --detailed-exitcode || echo "exit code $?"']}],
      },
    ],
  },
  inventory: {
    summary: 'The ring you want, as a file: check it and show it',
    sections: [
      {
        heading: 'description',
        blocks: [
          'A YAML file, inventory.yaml unless -i or RINGUP_INVENTORY names another. It lists hosts, how they are reached, how Riak is called there, limits, and how the ring is to grow. A host that is not a member is a candidate to join; a member that is not in the file is never removed.',
          'A name or an address may have one range: "r[02-11]" with "10.20.0.[12-21]" is ten hosts. "state: spare" is a host that waits to join and is never asked about the cluster. What is not said of a host is as your ssh_config says.',
        ],
      },
      {
        heading: 'file',
        blocks: [
          {
            lines: [
              'version: 1',
              'cluster: voxring',
              'hosts:',
              '  - { name: r01, address: 10.20.0.11, location: rack-a }',
              '  - { name: "r[02-11]", address: "10.20.0.[12-21]" }',
              '  - { name: r12, address: 10.20.0.22, state: spare }',
            ],
          },
          'Optional beside these: ssh (user, port, identityFile, knownHostsFile, proxyJump, configFile, concurrency, connectTimeout), riak (command, nodeName, dataDir, eval), limits (diskPeak, transferLimit), growth (perDay, until, ingestPerDay, window). ssh and riak may stand with a host too. Each key is told by: ringup inventory schema.',
        ],
      },
    ],
  },
  resume: {
    summary: 'Going on with a run that stopped, was killed or lost its connection',
    sections: [
      {
        heading: 'description',
        blocks: [
          'Each run has a journal, on disk here and on hosts of the cluster before anything is sent. A run that stopped at any point is gone on with by runs resume: it looks first, what is so already is not done again, and a commit whose answer was lost is settled by reading the ring, never by committing again. Running it twice changes nothing twice.',
          'What is staged and not committed freezes ownership changes of the whole cluster. There are two ways out: runs resume goes on with it, abandon drops it. ringup never clears by itself.',
          'The lock of a run that is gone is free after two minutes, and at once on the machine where it ran. Any machine that reaches the hosts goes on with it, also with an empty disk, and a journal that is handed over as a file does as well: ringup runs resume ./RUN.jsonl. A run that a later change has moved on from is closed as overtaken; any other can be closed by hand: ringup runs close.',
        ],
      },
      {
        heading: 'changes',
        blocks: [
          {
            rows: [
              ['runs list', 'Nothing.'],
              ['runs show', 'Nothing.'],
              ['runs resume', 'The cluster: what is left of the plan. Asks first, unless --yes is given.'],
              ['abandon', 'The cluster: what the run has staged is dropped. Asks first as well.'],
            ],
          },
        ],
      },
      {
        heading: 'examples',
        blocks: [
          {commands: ['ringup runs list', 'ringup runs show', 'ringup runs resume', 'ringup abandon']},
        ],
      },
    ],
  },
  safety: {
    summary: 'What ringup does, and never does, with a cluster that holds the only copy',
    sections: [
      {
        heading: 'before anything is changed',
        blocks: [
          'plan touches nothing, ever. apply carries out exactly that plan and refuses when the ring is no longer the one it was made on, when anything is staged, pending, down or unreachable, when a check of a new host fails, or when a disk could get fuller than limits.diskPeak.',
          'A lock on hosts of the cluster keeps two runs apart; it never keeps anybody from looking. A question is asked on the terminal. Without a terminal --yes is needed; nothing is taken for a yes.',
        ],
      },
      {
        heading: 'while it is changed',
        blocks: [
          'Each step looks first, acts, and reads the state again; success is never taken from an exit code of Riak. Riak makes its own plan, which must equal ours to the transfer, and is committed once. An answer that is not recognised stops the run.',
          'A new host is never started where its data directory is not empty. Only what the plan says is staged, and ringup never clears by itself what is staged.',
        ],
      },
      {
        heading: 'after it',
        blocks: [
          'A run ends when three readings in a row find everything at rest and every partition has the owner that was planned.',
          'Host keys are verified, always. Secrets are in no argument, journal, JSON or screen. A risk that may be accepted is accepted by its id, which the plan and the journal keep.',
        ],
      },
      {
        heading: 'changes',
        blocks: [
          'Each page of help says under CHANGES what its command changes; ringup help tells all that do.',
        ],
      },
      {
        heading: 'examples',
        blocks: [
          {
            commands: [
              'ringup plan --add r06,r07 --out grow.json',
              'ringup apply grow.json --steps',
              'ringup apply grow.json --yes --reason "OPS-1432"',
            ],
          },
        ],
      },
    ],
  },
}
