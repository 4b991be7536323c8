/**
 * The public door to the contract suites: call one inside a test file of vitest, with a store or a channel of one's own.
 */
export { persistencyContract } from './contract/persistency.ts'
export type { Damage, Subject } from './contract/subject.ts'
export { faultContract } from './contract/faults.ts'
export type { FaultSubject, Line, Loss, Reached } from './contract/faults/line.ts'
export { channelContract } from './contract/channel.ts'
export type { Answer, ChannelGaps, ChannelSubject, Peer, Received } from './contract/channel.ts'
export type { Gaps, Trouble, TroubleGaps } from './contract/gaps.ts'
