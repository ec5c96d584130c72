/** Who runs this, and where the files of that login are. */
import {homedir, userInfo} from 'node:os'
import {isAbsolute} from 'node:path'

/** The login of whoever runs this; undefined for a uid that has no entry in passwd, as containers give. */
function loginName(): string | undefined {
  try {
    return userInfo().username
  } catch {
    return undefined
  }
}

/** What others are told of whoever runs this: the login, else `uid-1234`. Never throws. */
export const whoAmI = (): string => loginName() ?? `uid-${process.getuid?.() ?? 'unknown'}`

/** `$HOME` where that is a whole path, else what passwd says, else `/`, as in a container. Never throws. */
export function homeFolder(): string {
  for (const folder of [homedir, () => userInfo().homedir])
    try {
      if (isAbsolute(folder())) return folder()
    } catch {
      // no such entry
    }
  return '/'
}

/** As the way to hosts wants to know it. */
export const whoIsHere = () => ({home: homeFolder(), localUser: whoAmI(), login: loginName()})
