import type { ChannelConfiguration } from '../config/channel-schema.ts'
import { withoutSecrets } from '../errors.ts'
import { VERSION } from '../version.ts'
import { Messages, type NamedMessage } from './async-api/messages.ts'
import { kafkaServers, restServer, type ChannelServers } from './async-api/servers.ts'
import type { DocumentedService } from './documented-service.ts'
import { UniqueKeys } from './unique-keys.ts'

const DESCRIPTION = [
  'Commands and events of the machine, seen from Batuta: `send` is a command that Batuta sends, so a participant receives it;',
  '`receive` is an event that Batuta receives, so a participant sends it. A participant that has done its work answers a command',
  'with an event. A command may come more than once, always with the same `idempotency-key`.',
].join(' ')

/** AsyncAPI 3 of the commands and events of a machine (C3), without secrets (C2.6). */
export function asyncApiOf({ configuration, basePath, hasTokens }: DocumentedService): object {
  const { machine, channels, shown } = configuration
  const document = new AsyncApiDocument(new Messages(machine))
  document.addApi(basePath, hasTokens)
  for (const [at, channel] of channels.entries()) {
    if (channel.type === 'rest') document.addRest(channel)
    else document.addKafka(channel, shownChannel(shown, channel.id, at))
  }
  return document.finished()
}

/** Entries of the sections of a document. */
interface DocumentSections {
  readonly servers: Map<string, object>
  readonly channels: Map<string, object>
  readonly operations: Map<string, object>
  readonly securitySchemes: Map<string, object>
}

interface Traffic {
  readonly name: string
  readonly address: string
  readonly servers: readonly string[]
  readonly action: 'send' | 'receive'
  readonly description: string
  readonly messages: readonly NamedMessage[]
  readonly channelBindings?: object
  readonly operationBindings?: object
}

class AsyncApiDocument {
  readonly #messages: Messages
  readonly #keys = new UniqueKeys()
  readonly #sections: DocumentSections = {
    servers: new Map(),
    channels: new Map(),
    operations: new Map(),
    securitySchemes: new Map(),
  }

  constructor(messages: Messages) {
    this.#messages = messages
  }

  /** `POST /event`, which takes every event whatever the channels are (C3.4). */
  addApi(basePath: string, hasTokens: boolean): void {
    const schemes: ChannelServers['schemes'] = hasTokens ? [['token', { type: 'http', scheme: 'bearer' }]] : []
    const server = {
      host: '{host}',
      protocol: 'http',
      variables: { host: { default: 'localhost:3000', description: 'Host and port of this service' } },
      ...(basePath !== '' && { pathname: basePath }),
      ...(hasTokens && { security: [{ $ref: '#/components/securitySchemes/token' }] }),
    }
    const key = this.#keys.keyOf('batuta')
    this.#addTraffic({
      name: 'POST_event',
      address: '/event',
      servers: this.#addServers({ servers: [[key, server]], schemes }),
      action: 'receive',
      description: 'Batuta receives these events as requests; each names its saga in `key`.',
      messages: this.#messages.events('rest'),
      operationBindings: { http: { method: 'POST', bindingVersion: '0.3.0' } },
    })
  }

  addRest(channel: Extract<ChannelConfiguration, { type: 'rest' }>): void {
    const { path, method } = channel.configurations
    const key = this.#keys.keyOf(channel.id)
    this.#addTraffic({
      name: channel.id,
      address: withoutSecrets(path),
      servers: this.#addServers(restServer(key, channel)),
      action: 'send',
      description: 'Batuta sends these commands as requests to the participant; any 2xx is a delivery.',
      messages: this.#messages.commandsTo(channel.id, 'rest'),
      operationBindings: { http: { method, bindingVersion: '0.3.0' } },
    })
  }

  addKafka(channel: Extract<ChannelConfiguration, { type: 'kafka' }>, shown: unknown): void {
    const { inputTopics, outputTopics, consumerGroup } = channel.configurations
    const servers = this.#addServers(kafkaServers(this.#keys.keyOf(channel.id), channel, shown))
    const kafka = { bindingVersion: '0.5.0' }
    for (const topic of outputTopics) {
      this.#addTraffic({
        name: `${channel.id}.${topic}`,
        address: topic,
        servers,
        action: 'send',
        description: 'Batuta writes these commands to the topic, keyed by the id of the saga; participants read them.',
        messages: this.#messages.commandsTo(channel.id, 'kafka'),
        channelBindings: { kafka: { topic, ...kafka } },
      })
    }
    for (const topic of inputTopics) {
      this.#addTraffic({
        name: `${channel.id}.${topic}`,
        address: topic,
        servers,
        action: 'receive',
        description: 'Batuta reads these events from the topic, keyed by the id of the saga; participants write them.',
        messages: this.#messages.events('kafka'),
        channelBindings: { kafka: { topic, ...kafka } },
        operationBindings: { kafka: { groupId: { type: 'string', enum: [consumerGroup] }, ...kafka } },
      })
    }
  }

  finished(): object {
    const { securitySchemes, ...sections } = this.#sections
    const [servers, channels, operations] = Object.values(sections).map((one) => Object.fromEntries(one))
    return {
      asyncapi: '3.0.0',
      info: { title: 'Batuta', version: VERSION, description: DESCRIPTION },
      defaultContentType: 'application/json',
      servers,
      channels,
      operations,
      components: { messages: this.#messages.all, securitySchemes: Object.fromEntries(securitySchemes) },
    }
  }

  #addServers({ servers, schemes }: ChannelServers): readonly string[] {
    for (const [name, scheme] of schemes) this.#sections.securitySchemes.set(name, scheme)
    for (const [name, server] of servers) this.#sections.servers.set(name, server)
    return servers.map(([name]) => name)
  }

  #addTraffic({ name, servers, messages, ...traffic }: Traffic): void {
    const key = this.#keys.keyOf(`${name}.${traffic.action}`)
    const { address, action, description, channelBindings, operationBindings } = traffic
    this.#sections.channels.set(key, {
      address,
      servers: servers.map((server) => ({ $ref: `#/servers/${server}` })),
      messages: Object.fromEntries(messages.map((one) => [one.key, { $ref: `#/components/messages/${one.key}` }])),
      ...(channelBindings && { bindings: channelBindings }),
    })
    this.#sections.operations.set(key, {
      action,
      channel: { $ref: `#/channels/${key}` },
      description,
      messages: messages.map((one) => ({ $ref: `#/channels/${key}/messages/${one.key}` })),
      ...(operationBindings && { bindings: operationBindings }),
    })
  }
}

/** A channel as `GET /configuration` shows it; the list may be an empty object there. */
function shownChannel(shown: unknown, id: string, at: number): unknown {
  const { communicationProtocols } = shown as { readonly communicationProtocols?: unknown }
  const channel: unknown = Array.isArray(communicationProtocols) ? communicationProtocols[at] : undefined
  return (channel as { readonly id?: unknown } | undefined)?.id === id ? channel : undefined
}
