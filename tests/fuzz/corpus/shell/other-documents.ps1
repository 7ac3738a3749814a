# Extended Protection and certificates: what their documents print, a thumbprint in place of <thumbprint>.
    Get-ExchangeServer | Where-Object { $_.ServerRole -eq "Mailbox" } | ForEach-Object { Enable-ExchangeCertificate -Thumbprint 434AC224C8459924B26521298CE8834C514856AB -Server $_.Fqdn -Services IIS }
New-ItemProperty -Path "HKLM:\SOFTWARE\Microsoft\ExchangeServer\v15\Diagnostics" -Name "EnableEccCertificateSupport" -Value 1 -Type String
Get-SettingOverride | Where-Object {($_.SectionName -eq "ECCCertificateSupport") -and ($_.Parameters -eq "Enabled=true")} | Remove-SettingOverride
Get-ExchangeDiagnosticInfo -Process Microsoft.Exchange.Directory.TopologyService -Component VariantConfiguration -Argument Refresh
Restart-Service -Name W3SVC, WAS -Force
Get-ExchangeCertificate -Thumbprint 434AC224C8459924B26521298CE8834C514856AB | Format-List *
Get-ExchangeCertificate -Thumbprint 434AC224C8459924B26521298CE8834C514856AB | Format-Table -Auto FriendlyName,*PrivateKey*
