import type {ClaimTask} from './claim.ts'
import {PlannerCrash} from './planner-crash.ts'
export function chooseV3(_task: ClaimTask, _owner: Int32Array): Int32Array { throw new PlannerCrash('todo') }
