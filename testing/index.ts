/**
 * The public API of the contract suites: call one inside a test file of vitest, with a store or a channel of your own.
 */
export { persistencyContract } from './contract/persistency.ts'
export type { Damage, StoreSubject } from './contract/subject.ts'
export { faultContract } from './contract/faults.ts'
export type { FaultSubject, Loss, Reached, StoreLink } from './contract/faults/link.ts'
export { channelContract } from './contract/channel.ts'
export type { ChannelGaps, ChannelSubject, ParticipantAnswer, ChannelPeer, Received } from './contract/channel.ts'
export type { FaultGaps, FaultKind, Gaps } from './contract/gaps.ts'
