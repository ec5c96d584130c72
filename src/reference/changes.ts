/** What a command changes: one of these is stated by every command, shown in its help and in the reference. */

export const changeTexts = {
  nothing: 'Nothing.',
  namedFile: 'Nothing in the cluster. A local file, where a flag names one to write.',
  localFile: 'A local file. Nothing in the cluster.',
  cluster: 'The cluster. Asks first, unless --yes is given; each step is in a journal before it is taken.',
  limits: 'Limits of transfers in the cluster. Asks first, unless --yes is given; what they were is kept.',
  watched:
    'Nothing; with --allow-actions limits of transfers, after a typed yes. --record writes a local file.',
  locks: 'The lock on hosts of the cluster; needs --force.',
  record:
    'The record of a run, here and on hosts of the cluster. Nothing of the cluster itself. Asks first, unless --yes is given.',
  remembered:
    'What hosts of the cluster remember. Nothing of the cluster itself. Asks first, unless --yes is given.',
  yourCommand: 'Whatever the command that you give changes.',
  practice: 'This machine only: a process and a folder, those of the practice cluster.',
} as const

export type Changes = keyof typeof changeTexts

/** Something in the cluster is no longer as it was. */
export const reachesCluster = (changes: Changes): boolean =>
  changes === 'cluster' || changes === 'limits' || changes === 'locks'
