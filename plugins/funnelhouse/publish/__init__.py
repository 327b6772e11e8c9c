"""Write-audit-publish of versions that readers may open."""
