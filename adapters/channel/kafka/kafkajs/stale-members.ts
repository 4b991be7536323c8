/** A broker's side of a group, as far as we ask it. */
export interface Coordinator {
  leaveGroup(request: { readonly groupId: string; readonly memberId: string }): Promise<unknown>
}

/**
 * Members whose place in a group this process may still hold. A membership that has crashed could not leave, and a group waits
 * a whole session for a member that does not: the next one leaves in its name, before it joins.
 */
export class Former {
  readonly #members = new Map<string, Set<string>>()

  /** This member has a place from now on. */
  note(groupId: string, memberId: string): void {
    const known = this.#members.get(groupId)
    if (known === undefined) this.#members.set(groupId, new Set([memberId]))
    else known.add(memberId)
  }

  /** Those of which the coordinator cannot say yet are kept for the next one that joins. */
  async leave(coordinator: Coordinator, groupId: string): Promise<void> {
    const members = this.#members.get(groupId) ?? []
    for (const memberId of members) {
      if (await hasLeft(coordinator, groupId, memberId)) this.#members.get(groupId)?.delete(memberId)
    }
  }
}

/** A coordinator that knows nothing of the member says so, which is as good. */
async function hasLeft(coordinator: Coordinator, groupId: string, memberId: string): Promise<boolean> {
  try {
    await coordinator.leaveGroup({ groupId, memberId })
    return true
  } catch (thrown) {
    return (thrown as { readonly type?: unknown }).type === 'UNKNOWN_MEMBER_ID'
  }
}
