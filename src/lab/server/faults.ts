/** What can go wrong with a practice ring on request. Plain values: they also come through the control socket. */

export type Fault =
  /** others cannot connect, or connect and hear nothing; `riak`: its peers lose it as well (default) */
  | {
      readonly fault: 'unreachable'
      readonly host: string
      readonly how?: 'refused' | 'silent'
      readonly riak?: boolean
    }
  /** undoes `unreachable` and `frozen` */
  | {readonly fault: 'reachable'; readonly host: string}
  /** neither SSH nor Riak answers; what is connected hangs */
  | {readonly fault: 'frozen'; readonly host: string}
  /** every connection ends now; new ones are let in */
  | {readonly fault: 'cut'; readonly host: string}
  /** every command takes so many ms (of real time) longer; 0: no more */
  | {readonly fault: 'slow'; readonly host: string; readonly ms: number}
  /** the next commands whose line contains `match` are carried out, and then the connection is cut */
  | {readonly fault: 'loseAnswer'; readonly host: string; readonly match?: string; readonly times?: number}
  /**
   * the next commands whose line contains `match` are answered as another release might: without the call's return
   * term, or in the words given. `act` false: and they are not carried out
   */
  | {
      readonly fault: 'otherWords'
      readonly host: string
      readonly match: string
      readonly times?: number
      readonly words?: string
      readonly act?: boolean
      /** its status, where it is not carried out; default 0 */
      readonly exit?: number
    }
  | {readonly fault: 'hostKey'; readonly host: string}
  /** somebody who may log in there puts something where the lock on its node lies */
  | {
      readonly fault: 'plant'
      readonly host: string
      /** `link`: to a file of another's; `unsafeFolder`: what an administrator prepares, open to everybody */
      readonly thing: 'file' | 'folder' | 'fifo' | 'link' | 'danglingLink' | 'unreadable' | 'unsafeFolder'
      /** the end of its name, as a token is; default: the kind of thing */
      readonly name?: string
      /** of a file, in base64; default: none */
      readonly bytes?: string
    }
  /** fills the data volume until so many bytes are free */
  | {readonly fault: 'diskFull'; readonly host: string; readonly free?: number}
  | {readonly fault: 'diskSize'; readonly host: string; readonly size: number}
  | {readonly fault: 'kill' | 'stop' | 'start'; readonly host: string}
  /** somebody else stages something */
  | {
      readonly fault: 'stage'
      readonly action: 'join' | 'leave'
      readonly host: string
    }
  | {readonly fault: 'stage'; readonly action: 'location'; readonly host: string; readonly location: string}
  | {readonly fault: 'stage'; readonly action: 'replace'; readonly host: string; readonly with: string}
  /** somebody else plans, commits or clears */
  | {readonly fault: 'foreign'; readonly action: 'plan' | 'commit' | 'clear'}
  /** another member becomes the claimant; what the old one remembers is of no use any more */
  | {readonly fault: 'claimant'; readonly host?: string}
  /** vnodes with so many messages waiting begin no handoff; 0: no more */
  | {readonly fault: 'busy'; readonly host: string; readonly queue: number; readonly partition?: number}
  /** what this host receives times out half way */
  | {readonly fault: 'receiverTimeout'; readonly host: string; readonly on: boolean}
  /** it cannot reach the handoff port of another host; the other way works */
  | {readonly fault: 'oneSided'; readonly host: string; readonly to: string; readonly on: boolean}
  | {readonly fault: 'clock'; readonly host: string; readonly aheadMs: number}
  | {readonly fault: 'version'; readonly host: string; readonly version: string}
  /** it hears of no new ring */
  | {readonly fault: 'deaf'; readonly host: string; readonly on: boolean}
  | {readonly fault: 'transferLimit' | 'clusterLimit'; readonly host: string; readonly limit: number}
  | {
      readonly fault: 'handoff'
      readonly host: string
      readonly way: 'inbound' | 'outbound'
      readonly on: boolean
    }
  /** Riak plans otherwise than the exact algorithm says */
  | {readonly fault: 'otherPlan'; readonly on: boolean}
