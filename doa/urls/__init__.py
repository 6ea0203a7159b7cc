"""The addresses of cases, referrals and claims, one module a subject."""
