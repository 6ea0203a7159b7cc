"""The pages of cases, referrals and claims."""
