import { persistencyContract } from 'batuta/testing'
import { mapStore } from './map-store.ts'

const damage = 'the sagas are objects of this process, and nothing outside can damage them'

persistencyContract('map', { open: async () => mapStore(), gaps: { damage } })
persistencyContract('map, shared', { open: async () => mapStore(true), gaps: { damage } })
