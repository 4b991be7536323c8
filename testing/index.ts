/**
 * The public API of the contract suites: call one inside a test file of vitest, with a store or a channel of your own. Beside them the
 * checker of histories, for runs that a `Recording` has seen.
 */
export { persistencyContract } from './contract/persistency.ts'
export type { Damage, StoreSubject } from './contract/subject.ts'
export { faultContract } from './contract/faults.ts'
export type { FaultSubject, Loss, Reached, StoreLink } from './contract/faults/link.ts'
export { channelContract } from './contract/channel.ts'
export type { ChannelGaps, ChannelSubject, ParticipantAnswer, ChannelPeer, Received } from './contract/channel.ts'
export type { FaultGaps, FaultKind, Gaps } from './contract/gaps.ts'
export { checkRun } from './checker/check-run.ts'
export { checkDocument } from './checker/check-document.ts'
export type { DocumentTerms } from './checker/document/document-terms.ts'
export { Recording } from './checker/record.ts'
export type { Doors, ProcessRecorder, RunParts } from './checker/record.ts'
export type { Observation, ObservedRun, Violation } from './checker/observation.ts'
export type { RunTerms } from './checker/terms.ts'
