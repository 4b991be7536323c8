/** The request to a group's coordinator that removes a member. */
export interface Coordinator {
  leaveGroup(request: { readonly groupId: string; readonly memberId: string }): Promise<unknown>
}

/**
 * Members of crashed memberships of this process. They could not leave their group, and the group would wait a whole session for
 * each of them. The next membership leaves in their name before it joins.
 */
export class StaleMembers {
  readonly #members = new Map<string, Set<string>>()

  /** Records a member that has joined. */
  note(groupId: string, memberId: string): void {
    const known = this.#members.get(groupId)
    if (known === undefined) this.#members.set(groupId, new Set([memberId]))
    else known.add(memberId)
  }

  /** Members that the coordinator could not remove stay recorded for the next join. */
  async leave(coordinator: Coordinator, groupId: string): Promise<void> {
    const members = this.#members.get(groupId) ?? []
    for (const memberId of members) {
      if (await hasLeft(coordinator, groupId, memberId)) this.#members.get(groupId)?.delete(memberId)
    }
  }
}

/** "Unknown member" counts as left. */
async function hasLeft(coordinator: Coordinator, groupId: string, memberId: string): Promise<boolean> {
  try {
    await coordinator.leaveGroup({ groupId, memberId })
    return true
  } catch (thrown) {
    return (thrown as { readonly type?: unknown }).type === 'UNKNOWN_MEMBER_ID'
  }
}
