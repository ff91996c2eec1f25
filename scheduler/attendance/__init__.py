"""Who was there: facts as they happen, their fold, reports and exports."""
