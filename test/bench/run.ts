/** `npm run bench -- NAME [OPTION...]`: measures, and prints ratios to a peer in the same run as JSON lines. */
import {benchCampaign} from './campaign.ts'
import {benchClaim} from './claim.ts'
import {benchRecord} from './record.ts'
import {benchSsh, pollSsh} from './ssh.ts'
import {benchStartup} from './startup.ts'
import {benchTerms} from './terms.ts'
import {benchWatch} from './watch.ts'

const benches: Readonly<Record<string, (args: readonly string[]) => Promise<void>>> = {
  campaign: async () => benchCampaign(),
  claim: benchClaim,
  record: benchRecord,
  ssh: benchSsh,
  startup: async args => benchStartup(args),
  terms: benchTerms,
  watch: async () => benchWatch(),
}

const [name = '', ...args] = process.argv.slice(2)
const bench = name === 'ssh-poll' ? pollSsh : benches[name]
if (bench) await bench(args)
else {
  console.error(`bench: say which: npm run bench -- ${Object.keys(benches).join('|')}`)
  process.exitCode = 64
}
