/** SSH keys in OpenSSH's format, made anew for every practice ring. */
import ssh2 from 'ssh2'

export type KeyPair = {
  readonly privateKey: string
  /** `ssh-ed25519 AAAA...` */
  readonly publicKey: string
}

export function newKeyPair(comment: string): KeyPair {
  const {private: privateKey, public: publicKey} = ssh2.utils.generateKeyPairSync('ed25519', {comment})
  return {privateKey, publicKey: publicKey.split(' ').slice(0, 2).join(' ')}
}
