"""Whether the data that make the bot hold together: messages, rules, responses, routing, slots, danger phrases."""
