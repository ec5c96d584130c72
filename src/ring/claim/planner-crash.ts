/**
 * Some plans make riak_core's own planner crash, or run for ever: the plan command fails then. Deep inside the
 * planner that is thrown as this, and the planner's door turns it into a value. Nothing else catches it.
 */
export class PlannerCrash extends Error {
  override readonly name = 'PlannerCrash'
}

/** rounds that end by themselves are few; only longer ones are worth remembering */
const unsuspicious = 8

/**
 * Told the state after every round of a loop of riak_core's that nothing else limits. A round depends on the
 * state alone, so a state that comes back means riak_core would never end.
 */
export function endlessGuard(message: string): (state: () => string) => void {
  const seen = new Set<string>()
  let rounds = 0
  return state => {
    rounds += 1
    if (rounds <= unsuspicious) return
    const key = state()
    if (seen.has(key)) throw new PlannerCrash(message)
    seen.add(key)
  }
}
