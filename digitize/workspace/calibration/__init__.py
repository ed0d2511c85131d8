"""Which values may pass without a person: proved on the workspace's own answers, and watched for ever."""
