$x = @{Add='a','b'; Remove="c"}; $y = "$x $($x.Add[0]) `$z"
if ($x.Add.Count -ge 2 -and -not ($y -like '*q*')) { foreach ($n in 1..3) { $n * 2 } } else { exit 1 }
'mail1','mail2' | ? { $_ -match '^mail[12]{1,2}$' } | select -First 1 @{n='A';e={$_.ToUpper()}} | ft -Auto
Get-Date | % { $_.AddHours(49).ToString('yyyy-MM-dd') } | Out-File t.txt -Append
@"
here $($x['Remove'])
"@ | Measure-Object | fl Count
[Byte[]]$b = Get-Content -Path C:\a.pfx -Encoding Byte; $b.Length; (1,2,3)[-1]
1..5 | sort -Descending | Where-Object Length -gt 0; 'a-b' -split '-' -join '+'; '{0:yyyy}' -f (Get-Date)
