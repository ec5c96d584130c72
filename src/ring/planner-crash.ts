/**
 * Some plans make riak_core's own planner crash, or run for ever: the plan command fails then. Deep inside the
 * planner that is thrown as this, and the planner's door turns it into a value. Nothing else catches it.
 */
export class PlannerCrash extends Error {
  override readonly name = 'PlannerCrash'
}
