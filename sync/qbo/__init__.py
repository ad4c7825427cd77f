"""The QuickBooks Online client: reads, never writes, and translates what it reads into sync.domain."""
